// Headers of model files with changes at random: whatever they claim, they are either read or refused, and nothing is
// allocated for what is not in the file.

import assert from "node:assert/strict";
import { Failure } from "../../../protocol/errors.ts";
import { elementCount } from "../../../sidecar/checkpoint/checkpoint.ts";
import { parseGguf } from "../../../sidecar/checkpoint/gguf.ts";
import { HeaderError, HeaderIncomplete } from "../../../sidecar/checkpoint/gguf_cursor.ts";
import { parseHeader } from "../../../sidecar/checkpoint/safetensors.ts";
import { storedByteLength, type StoredType } from "../../../sidecar/checkpoint/stored_types.ts";
import { gguf } from "../../support/gguf_file.ts";
import { uniforms } from "../../support/random_blocks.ts";

const MUTATIONS = 10_000;
/** Far more than such headers need, far less than what they claim. */
const MEMORY_LIMIT_BYTES = 256 * 1024 * 1024;

const WHOLE_GGUF = gguf({
  "general.architecture": ["string", "qwen3"],
  "general.alignment": ["uint32", 32],
  "qwen3.block_count": ["uint32", 2],
  "qwen3.rope.freq_base": ["float32", 1e6],
  "qwen3.seed": ["uint64", 2 ** 40],
  "tokenizer.ggml.add_bos_token": ["boolean", false],
  "tokenizer.ggml.tokens": ["strings", ["a", "b", "é", "<|im_end|>"]],
  "tokenizer.ggml.token_type": ["ints", [1, 1, 1, 3]],
}, {
  "token_embd.weight": { code: 2, shape: [4, 64], data: new Uint8Array(144) },
  "output.weight": { code: 14, shape: [1, 256], data: new Uint8Array(210) },
  "output_norm.weight": { code: 0, shape: [64], data: new Uint8Array(256) },
});

const WHOLE_SAFETENSORS = new TextEncoder().encode(JSON.stringify({
  __metadata__: { format: "pt" },
  "llm.model.norm.weight": { dtype: "F32", shape: [16], data_offsets: [0, 64] },
  "llm.lm_head.weight": { dtype: "BF16", shape: [4, 16], data_offsets: [64, 192] },
  "resampler.query": { dtype: "F16", shape: [2, 16], data_offsets: [192, 256] },
}));
const SAFETENSORS_DATA_BYTES = 256;

/** Numbers that break what is not checked. */
const EXTREMES = [0n, 1n, 0xffn, 0x7fffffffn, 0xffffffffn, 1n << 53n, (1n << 63n) - 1n, (1n << 64n) - 1n];

/** A copy with one to four changes. */
function mutate(whole: Uint8Array, random: () => number): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array(whole);
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
    const at = Math.floor(random() * Math.max(1, bytes.length - 8));
    switch (Math.floor(random() * 5)) {
      case 0:
        bytes[at] = random() * 256;
        break;
      case 1:
        bytes[at] = (bytes[at] as number) ^ 1 << Math.floor(random() * 8);
        break;
      case 2:
        if (bytes.length < 8) break;
        new DataView(bytes.buffer).setBigUint64(
          at,
          EXTREMES[Math.floor(random() * EXTREMES.length)] as bigint,
          true,
        );
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      default:
        // A piece of the file stands where another should.
        bytes.copyWithin(at, Math.floor(random() * bytes.length), bytes.length);
    }
  }
  return bytes;
}

interface Place {
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly byteLength: number;
}

/** Whatever is accepted must be true. */
function requireSound(tensors: Iterable<Place>, fileSize: number): void {
  let end = 0;
  for (const { type, shape, start, byteLength } of [...tensors].sort((a, b) => a.start - b.start)) {
    assert.equal(byteLength, storedByteLength(type, elementCount(shape)));
    assert.ok(start >= end && start + byteLength <= fileSize);
    end = start + byteLength;
  }
}

function fuzz(parse: (random: () => number) => void): void {
  const random = uniforms(20260);
  const before = Deno.memoryUsage();
  for (let i = 0; i < MUTATIONS; i++) {
    parse(random);
    if (i % 500 !== 0) continue;
    const { external, heapTotal } = Deno.memoryUsage();
    assert.ok(
      external + heapTotal - before.external - before.heapTotal < MEMORY_LIMIT_BYTES,
      `mutation ${i}`,
    );
  }
}

Deno.test(`parseGguf() reads or refuses each of ${MUTATIONS} damaged headers`, () => {
  let refused = 0;
  fuzz((random) => {
    const bytes = mutate(WHOLE_GGUF, random);
    try {
      requireSound(parseGguf(bytes, bytes.length).tensors.values(), bytes.length);
    } catch (error) {
      if (!(error instanceof HeaderError || error instanceof HeaderIncomplete)) throw error;
      refused++;
    }
  });
  assert.ok(refused > MUTATIONS / 2 && refused < MUTATIONS, `${refused} were refused`);
});

Deno.test(`parseHeader() reads or refuses each of ${MUTATIONS} damaged safetensors headers`, () => {
  let refused = 0;
  fuzz((random) => {
    const bytes = mutate(WHOLE_SAFETENSORS, random);
    const fileSize = 8 + bytes.length + SAFETENSORS_DATA_BYTES;
    try {
      requireSound(parseHeader("folder", "file", bytes, fileSize).values(), fileSize);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      assert.equal(error.kind, "model-invalid");
      refused++;
    }
  });
  assert.ok(refused > MUTATIONS / 2 && refused < MUTATIONS, `${refused} were refused`);
});
