/** A payload that is JSON already, in pieces of UTF-8; it goes on the wire as it is. */
export class WrittenJson {
  readonly pieces: readonly Buffer[];

  constructor(pieces: readonly Buffer[]) {
    this.pieces = pieces;
  }

  /** For whoever writes it as part of something else. */
  toJSON(): unknown {
    return JSON.parse(Buffer.concat(this.pieces).toString("utf8"));
  }
}
