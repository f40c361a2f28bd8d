import { Failure } from "../../protocol/errors.ts";

/** Upper limit of any size in a configuration; the release's largest is 151,748. */
const MAX_COUNT = 1e9;

/** A JSON object from outside, read field by field with its type checked. */
export class Fields {
  readonly #folder: string;
  readonly #where: string;
  readonly #values: Readonly<Record<string, unknown>>;

  private constructor(folder: string, where: string, values: Readonly<Record<string, unknown>>) {
    this.#folder = folder;
    this.#where = where;
    this.#values = values;
  }

  /**
   * Reads a JSON file of a checkpoint folder; an optional file that is not there reads as empty.
   * @throws Failure "model-missing" or "model-invalid"
   */
  static async read(folder: string, file: string, options: { isOptional?: boolean } = {}): Promise<Fields> {
    let text: string;
    try {
      text = await Deno.readTextFile(`${folder}/${file}`);
    } catch (cause) {
      if (options.isOptional && cause instanceof Deno.errors.NotFound) return new Fields(folder, file, {});
      throw new Failure(
        "model-missing",
        `Cannot load the model in "${folder}": ${file} cannot be read. ` +
          `Choose a folder with a MiniCPM-V 4.5 checkpoint (config.json, tokenizer.json, *.safetensors).`,
        { subject: folder, cause },
      );
    }
    try {
      return new Fields(folder, file, asObject(JSON.parse(text)));
    } catch (cause) {
      throw new Failure(
        "model-invalid",
        `Cannot use the model in "${folder}": ${file} is not a JSON object.`,
        {
          subject: folder,
          cause,
        },
      );
    }
  }

  /** The settings that stand in a file of another form. */
  static of(file: string, values: Readonly<Record<string, unknown>>): Fields {
    return new Fields(file, "its settings", values);
  }

  /** Whether a field is there and not null. */
  has(key: string): boolean {
    return Object.hasOwn(this.#values, key) && this.#values[key] !== null;
  }

  object(key: string): Fields {
    return this.#get(key, undefined, "an object", (value) => {
      return new Fields(this.#folder, `${this.#where}, ${key}`, asObject(value));
    });
  }

  /** A positive integer. */
  count(key: string, fallback?: number): number {
    return this.#get(key, fallback, "a positive integer", (value) => isCount(value) ? value : undefined);
  }

  /** One non-negative integer or a list of them. */
  counts(key: string, fallback?: readonly number[]): readonly number[] {
    return this.#get(key, fallback, "integers", (value) => {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      return list.every((item) => item === 0 || isCount(item)) ? list as number[] : undefined;
    });
  }

  number(key: string, fallback?: number): number {
    return this.#get(key, fallback, "a number", (value) => typeof value === "number" ? value : undefined);
  }

  boolean(key: string, fallback?: boolean): boolean {
    return this.#get(
      key,
      fallback,
      "true or false",
      (value) => typeof value === "boolean" ? value : undefined,
    );
  }

  text(key: string, fallback?: string): string {
    return this.#get(key, fallback, "a text", (value) => typeof value === "string" ? value : undefined);
  }

  /** A list of texts. */
  texts(key: string): readonly string[] {
    return this.#get(key, undefined, "a list of texts", (value) => {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      return list.every((item) => typeof item === "string") ? list as string[] : undefined;
    });
  }

  triple(key: string, fallback: [number, number, number]): [number, number, number] {
    return this.#get(key, fallback, "three numbers", (value) => {
      const isTriple = Array.isArray(value) && value.length === 3 &&
        value.every((n) => typeof n === "number");
      return isTriple ? value as [number, number, number] : undefined;
    });
  }

  #get<T>(key: string, fallback: T | undefined, wanted: string, parse: (value: unknown) => T | undefined): T {
    if (!this.has(key) && fallback !== undefined) return fallback;
    let parsed: T | undefined;
    try {
      parsed = this.has(key) ? parse(this.#values[key]) : undefined;
    } catch {
      parsed = undefined;
    }
    if (parsed !== undefined) return parsed;
    const found = this.has(key) ? JSON.stringify(this.#values[key])?.slice(0, 60) : "missing";
    throw new Failure(
      "model-invalid",
      `Cannot use the model in "${this.#folder}": in ${this.#where}, "${key}" must be ${wanted} and is ${found}.`,
      { subject: this.#folder },
    );
  }
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("not an object");
  }
  return value as Record<string, unknown>;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < MAX_COUNT;
}
