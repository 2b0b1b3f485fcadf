import { type Disk, SYSTEM_DISK } from "../../src/gateway/store/disk.ts";

/** A disk on which only so many more bytes find room; a write that does not fit leaves its beginning, as real ones do. */
export class FullDisk implements Disk {
  /** Bytes. */
  room = Number.POSITIVE_INFINITY;
  /** Bytes that fit into a file that is opened from now on. */
  roomPerFile = Number.POSITIVE_INFINITY;
  /** When set, nothing can be opened for writing. */
  readOnly = false;

  async open(file: string, flags: string, mode?: number) {
    if (this.readOnly && flags !== "r")
      throw Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
    const handle = await SYSTEM_DISK.open(file, flags, mode);
    let left = this.roomPerFile;
    const spend = (bytes: Buffer): Buffer => {
      const fits = bytes.subarray(0, Math.min(bytes.length, this.room, left));
      this.room -= fits.length;
      left -= fits.length;
      return fits;
    };
    return {
      writeFile: async (bytes: Buffer) => {
        const fits = spend(bytes);
        await handle.writeFile(fits);
        if (fits.length < bytes.length)
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      },
      sync: () => handle.sync(),
      datasync: () => handle.datasync(),
      truncate: (length: number) => handle.truncate(length),
      chmod: (to: number) => handle.chmod(to),
      stat: () => handle.stat(),
      close: () => handle.close(),
    };
  }
}
