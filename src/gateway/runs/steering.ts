/** Something to be said to a run that is under way. */
export interface Steer {
  readonly prompt: string;
  /** When it was said, in milliseconds since 1970. */
  readonly at: number;
  /** The run failed before it heard it. */
  readonly unheard: () => void;
}

/** Messages to one run that wait at most. */
const MOST = 20;

/** What is said to a run while it goes on (upstream-2026.2.17 section 6.4). It listens from its first question to its last answer. */
export class Steering {
  private readonly waiting: Steer[] = [];
  private isOpen = false;

  open(): void {
    this.isOpen = true;
  }

  /** @returns false when the run does not listen, or has enough to listen to. */
  offer(steer: Steer): boolean {
    if (!this.isOpen || this.waiting.length >= MOST) return false;
    this.waiting.push(steer);
    return true;
  }

  get isSteered(): boolean {
    return this.waiting.length > 0;
  }

  /** The next thing to say; when there is none, nothing is taken any more. */
  takeOrClose(): Steer | undefined {
    const next = this.waiting.shift();
    if (next === undefined) this.isOpen = false;
    return next;
  }

  /** Nothing is taken any more. @returns what was not heard. */
  close(): Steer[] {
    this.isOpen = false;
    return this.waiting.splice(0);
  }
}
