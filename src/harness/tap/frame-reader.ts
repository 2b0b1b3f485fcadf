/** What passed on one side of a WebSocket (RFC 6455): a whole message, or a control frame. */
export type Passed =
  | { readonly is: "message"; readonly binary: boolean; readonly fragments: number; readonly data: Buffer }
  | { readonly is: "skipped"; readonly binary: boolean; readonly bytes: number; readonly why: string }
  | { readonly is: "ping" | "pong"; readonly data: Buffer }
  | { readonly is: "close"; readonly code: number; readonly reason: string }
  | { readonly is: "unreadable"; readonly why: string };

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
/** A control frame holds no more (RFC 6455 section 5.5). */
const CONTROL_LIMIT = 125;
/** A close frame without a code reads as this one. */
const NO_CODE = 1005;

interface Head {
  readonly fin: boolean;
  readonly opcode: number;
  readonly length: number;
  readonly mask: Buffer | undefined;
}

interface Message {
  readonly binary: boolean;
  fragments: number;
  bytes: number;
  /** Nothing once it got too large to be kept. */
  chunks: Buffer[] | undefined;
}

function unmask(data: Buffer, mask: Buffer, offset: number): void {
  for (let index = 0; index < data.length; index += 1) {
    data[index] = (data[index] ?? 0) ^ (mask[(offset + index) & 3] ?? 0);
  }
}

/**
 * Reads along on the bytes that one side of a WebSocket sends, without being part of the connection. Holds at most one
 * message of `limit` bytes; of a larger one only the size is told. A side that leaves the protocol is not followed further.
 */
export class FrameReader {
  readonly #limit: number;
  readonly #tell: (passed: Passed) => void;
  #rest: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  #read = 0;
  #control: Buffer[] = [];
  #message: Message | undefined;
  #lost = false;

  /** @param limit most bytes of a message that is kept */
  constructor(limit: number, tell: (passed: Passed) => void) {
    this.#limit = limit;
    this.#tell = tell;
  }

  /** Takes the next bytes, however they were cut. They are not changed, and not kept beyond their message. */
  feed(chunk: Buffer): void {
    if (this.#lost) return;
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = Buffer.alloc(0);
    while (!this.#lost) {
      if (this.#head === undefined) {
        const found = this.#readHead(bytes);
        if (found === undefined) break;
        bytes = bytes.subarray(found);
      }
      const { length } = this.#head ?? { length: 0 };
      const part = bytes.subarray(0, length - this.#read);
      bytes = bytes.subarray(part.length);
      this.#take(part);
      if (this.#read < length) return;
      this.#endFrame();
    }
    this.#rest = Buffer.from(bytes);
  }

  #lose(why: string): void {
    this.#lost = true;
    this.#head = undefined;
    this.#message = undefined;
    this.#tell({ is: "unreadable", why });
  }

  /** @returns how many bytes the head of a frame has; nothing when it is not all there */
  #readHead(bytes: Buffer): number | undefined {
    if (bytes.length < 2) return undefined;
    const [first = 0, second = 0] = bytes;
    const short = second & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const masked = (second & 0x80) !== 0;
    const size = 2 + extended + (masked ? 4 : 0);
    if (bytes.length < size) return undefined;
    const length =
      extended === 0 ? short : extended === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    const head = {
      fin: (first & 0x80) !== 0,
      opcode: first & 0x0f,
      length,
      mask: masked ? Buffer.from(bytes.subarray(size - 4, size)) : undefined,
    };
    this.#read = 0;
    this.#head = head;
    this.#check(first, head);
    return size;
  }

  #check(first: number, { opcode, length }: Head): void {
    if ((first & 0x70) !== 0) return this.#lose("the frames are compressed or of an unknown extension");
    if (opcode >= OPCODE.close) {
      if (length > CONTROL_LIMIT) this.#lose("a control frame is too long");
      return;
    }
    if (opcode === OPCODE.continuation) {
      if (this.#message === undefined) return this.#lose("a continuation continues nothing");
    } else if (this.#message !== undefined) {
      return this.#lose("a message begins inside another one");
    } else if (opcode > OPCODE.binary) {
      return this.#lose(`a frame has the unknown opcode ${opcode}`);
    } else {
      this.#message = { binary: opcode === OPCODE.binary, fragments: 0, bytes: 0, chunks: [] };
    }
    const message = this.#message;
    if (message === undefined) return;
    message.fragments += 1;
    message.bytes += length;
    if (message.bytes > this.#limit) message.chunks = undefined;
  }

  #take(part: Buffer): void {
    const head = this.#head;
    if (head === undefined || part.length === 0) return;
    const isControl = head.opcode >= OPCODE.close;
    const into = isControl ? this.#control : this.#message?.chunks;
    if (into !== undefined) {
      // A copy: the bytes themselves are still on their way.
      const copy = Buffer.from(part);
      if (head.mask !== undefined) unmask(copy, head.mask, this.#read);
      into.push(copy);
    }
    this.#read += part.length;
  }

  #endFrame(): void {
    const head = this.#head;
    if (head === undefined) return;
    this.#head = undefined;
    this.#read = 0;
    if (head.opcode >= OPCODE.close) return this.#endControl(head.opcode);
    const message = this.#message;
    if (!head.fin || message === undefined) return;
    this.#message = undefined;
    const { binary, fragments, bytes, chunks } = message;
    if (chunks === undefined) {
      this.#tell({ is: "skipped", binary, bytes, why: `it is larger than ${this.#limit} bytes` });
    } else this.#tell({ is: "message", binary, fragments, data: Buffer.concat(chunks) });
  }

  #endControl(opcode: number): void {
    const data = Buffer.concat(this.#control);
    this.#control = [];
    if (opcode === OPCODE.ping) this.#tell({ is: "ping", data });
    else if (opcode === OPCODE.pong) this.#tell({ is: "pong", data });
    else if (opcode === OPCODE.close) {
      const code = data.length < 2 ? NO_CODE : data.readUInt16BE(0);
      this.#tell({ is: "close", code, reason: data.subarray(2).toString("utf8") });
    } else this.#lose(`a frame has the unknown opcode ${opcode}`);
  }
}
