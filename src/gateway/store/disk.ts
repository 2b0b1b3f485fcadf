import { open } from "node:fs/promises";

/** The part of an open file that the stores use. */
export interface DiskFile {
  /** Writes at the current position, all of it or with an error. */
  writeFile(bytes: Buffer): Promise<void>;
  sync(): Promise<void>;
  datasync(): Promise<void>;
  truncate(length: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  stat(): Promise<{ readonly ino: number; readonly mtimeMs: number; readonly size: number }>;
  close(): Promise<void>;
}

/** Where written bytes go. Tests give one that is full; everybody else has the system's. */
export interface Disk {
  /** @param flags as `fs.open` takes them. @throws what the system says. */
  open(file: string, flags: string, mode?: number): Promise<DiskFile>;
}

/** The disk the system offers. */
export const SYSTEM_DISK: Disk = { open: (file, flags, mode) => open(file, flags, mode) };
