// Writes one blob in small pieces and says how it went: `node run-blob-writer.ts DIRECTORY NAME BYTES`. Made to be killed.
import { isProblem } from '@cordon/contract';
import { openLocalBlobs } from '#platform/blobs/local-blobs.ts';

const PIECE = 65_536;
const [directory = '', name = '', bytes = ''] = process.argv.slice(2);
try {
  const blobs = await openLocalBlobs({ directory, sweep: false });
  const writer = await blobs.create(name);
  try {
    for (let left = Number(bytes); left > 0; left -= PIECE) {
      await writer.write(new Uint8Array(Math.min(left, PIECE)));
      console.log('piece');
    }
    await writer.commit();
    console.log('committed');
  } finally {
    await writer.abort();
  }
} catch (error) {
  console.log(isProblem(error) ? error.code : 'internal');
}
