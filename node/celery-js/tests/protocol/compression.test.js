/** Bodies in the compressions of kombu. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import zlib from "node:zlib";
import { decompress } from "../../src/protocol/compression.js";

const LIMIT = 1000;
/** 2,000 zeros, by Python's `compression.zstd`. */
const ZSTD = Buffer.from("KLUv/WDQBk0AABAwMAEAy/8ACw==", "base64");
const hasZstd = "zstdDecompressSync" in zlib;

describe("zstd", { skip: !hasZstd && "this Node has no zstd" }, () => {
  for (const method of ["application/zstd", "zstd", "zstandard"]) {
    it(`${method} is read`, () => {
      assert.equal(decompress(ZSTD, method, 2 * LIMIT).toString(), "0".repeat(2000));
    });
  }

  it("it has the limit of the other compressions", () => {
    assert.throws(() => decompress(ZSTD, "zstd", LIMIT), /^DecodeError: .*the limit is decompressedSizeLimit=1000/);
  });
});

it("a Node without zstd refuses it", { skip: hasZstd && "this Node has zstd" }, () => {
  assert.throws(
    () => decompress(ZSTD, "application/zstd", LIMIT),
    /^DecodeError: .*"application\/zstd"; use gzip, zlib or brotli/,
  );
});

for (const method of ["application/x-bz2", "bzip2", "application/x-lzma", "xz"]) {
  it(`${method}, which no Node can read, is refused`, () => {
    assert.throws(() => decompress(Buffer.alloc(10), method, LIMIT), /^DecodeError: Cannot read a body compressed as/);
  });
}
