// Node has WebAssembly, its types are in TypeScript's library for browsers only. What is used here.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    static exports(module: Module): readonly { readonly name: string }[];
  }

  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  class Memory {
    readonly buffer: ArrayBuffer;
  }
}
