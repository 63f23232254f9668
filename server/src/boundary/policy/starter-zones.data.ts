// Zones and the regions that vendors name in them, as of November 2026. London and Zürich are called `eu-…` by their vendor and lie in
// neither the Union nor the EEA: they are listed where they are.
import type { Policy } from '@cordon/contract';

const AWS_US = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'us-gov-east-1', 'us-gov-west-1'];
const AZURE_US = [
  'eastus',
  'eastus2',
  'centralus',
  'northcentralus',
  'southcentralus',
  'westcentralus',
  'westus',
  'westus2',
  'westus3',
];
const GOOGLE_US = [
  'us-central1',
  'us-east1',
  'us-east4',
  'us-east5',
  'us-south1',
  'us-west1',
  'us-west2',
  'us-west3',
  'us-west4',
];

export const STARTER_ZONES: Policy['zones'] = [
  { zone: 'us', within: null, regions: [...AWS_US, ...AZURE_US, ...GOOGLE_US] },
  { zone: 'us-tx', within: 'us', regions: [] },
  {
    zone: 'ca',
    within: null,
    regions: ['ca-central-1', 'ca-west-1', 'canadacentral', 'canadaeast', 'northamerica-northeast1'],
  },
  {
    zone: 'eu',
    within: null,
    regions: [
      'eu-west-1',
      'eu-north-1',
      'eu-south-1',
      'eu-south-2',
      'northeurope',
      'westeurope',
      'swedencentral',
      'italynorth',
      'spaincentral',
      'polandcentral',
      'europe-west1',
      'europe-west4',
      'europe-north1',
      'europe-southwest1',
      'europe-central2',
    ],
  },
  { zone: 'eu-de', within: 'eu', regions: ['eu-central-1', 'germanywestcentral', 'europe-west3', 'europe-west10'] },
  { zone: 'eu-fr', within: 'eu', regions: ['eu-west-3', 'francecentral', 'europe-west9'] },
  { zone: 'uk', within: null, regions: ['eu-west-2', 'uksouth', 'ukwest', 'europe-west2'] },
  { zone: 'ch', within: null, regions: ['eu-central-2', 'switzerlandnorth', 'switzerlandwest', 'europe-west6'] },
];
