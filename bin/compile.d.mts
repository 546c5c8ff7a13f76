/** The folders that programs are made of. */
export declare const programFolders: readonly string[];

/** Names the sources below these folders, with the packages that they are built with. Default: those of programs. */
export declare function digestOfSources(root: string, folders?: readonly string[]): string;
