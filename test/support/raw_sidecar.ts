// A sidecar seen byte by byte: every byte of its standard output must belong to a message of the protocol.

import { Buffer } from "node:buffer";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { sidecarArguments, sidecarEnvironment } from "../../host/permissions.ts";
import { PROTOCOL_VERSION } from "../../protocol/sidecar.ts";
import { LAYOUT, type TinyPlace } from "./sidecar.ts";

/** A message of JSON-RPC, as far as tests look at it. */
export interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly token?: number;
    readonly value?: { readonly kind: string; readonly stage?: string };
  };
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

const FRAME = /^Content-Length: (\d+)\r\n(?:Content-Type: [^\r\n]*\r\n)?\r\n/;

export class RawSidecar {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exited: Promise<number | null>;
  /** Everything it has sent, in order. */
  readonly messages: Message[] = [];
  /** Output that is no message; empty as long as all is well. */
  stray = "";
  #rest = Buffer.alloc(0);
  #nextId = 1;
  #waiting: {
    readonly matches: (message: Message) => boolean;
    readonly resolve: (message: Message) => void;
  }[] = [];

  constructor({ options }: TinyPlace) {
    const folders = {
      storageFolder: options.storageFolder,
      modelFolders: options.models.map(({ folder }) => folder),
    };
    this.process = spawn(LAYOUT.deno, sidecarArguments(LAYOUT, folders), {
      env: sidecarEnvironment(options.storageFolder),
    });
    this.process.stdout.on("data", (bytes: Buffer) => this.#read(bytes));
    this.exited = new Promise((resolve) =>
      this.process.once("close", (code) => {
        this.stray += this.#rest.toString("utf8");
        resolve(code);
      })
    );
  }

  /** Sends a request and waits for its response. */
  request(method: string, params?: object): Promise<Message> {
    const id = this.send(method, params);
    return this.until((message) => message.id === id && message.method === undefined);
  }

  /** Sends a request and returns its id. */
  send(method: string, params?: object): number {
    const id = this.#nextId++;
    this.#write({ id, method, ...(params === undefined ? {} : { params }) });
    return id;
  }

  notify(method: string, params?: object): void {
    this.#write({ method, ...(params === undefined ? {} : { params }) });
  }

  initialize({ options }: TinyPlace, protocolVersion: unknown = PROTOCOL_VERSION): Promise<Message> {
    const initializationOptions = { ...options, protocolVersion, ocrFolder: LAYOUT.ocrFolder };
    return this.request("initialize", {
      processId: null,
      rootUri: null,
      capabilities: {},
      initializationOptions,
    });
  }

  /** The first message, sent already or still to come, that matches. */
  until(matches: (message: Message) => boolean): Promise<Message> {
    const found = this.messages.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiting.push({ matches, resolve }));
  }

  #write(message: object): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin.write(body);
  }

  #read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const frame = FRAME.exec(this.#rest.subarray(0, 200).toString("latin1"));
      const end = frame === null ? Infinity : frame[0].length + Number(frame[1]);
      if (frame === null || this.#rest.length < end) return;
      const message = JSON.parse(this.#rest.subarray(frame[0].length, end).toString("utf8")) as Message;
      this.#rest = this.#rest.subarray(end);
      this.messages.push(message);
      const ready = this.#waiting.filter(({ matches }) => matches(message));
      this.#waiting = this.#waiting.filter((waiter) => !ready.includes(waiter));
      for (const { resolve } of ready) resolve(message);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exited;
  }
}
