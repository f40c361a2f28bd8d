#!/bin/sh
# Unpacks the contents the first time, then measures. See README.txt.
set -eu
cd "$(dirname "$0")"
DENO=node_modules/@deno/linux-x64-glibc/deno
LIBRARIES=node_modules/onnxruntime-node/bin/napi-v6/linux/x64
if [ ! -d contents ]; then
  command -v xz > /dev/null || { echo "xz is needed to unpack contents.tar.xz: install xz-utils." >&2; exit 1; }
  rm -rf contents.part
  mkdir contents.part
  xz -dc contents.tar.xz | tar -xf - -C contents.part
  mv contents.part contents
fi
# Libraries that lie beside this script go where ONNX Runtime looks for them: beside itself.
for file in ./libonnxruntime*; do
  [ -e "$file" ] && cp -f "$file" "contents/$LIBRARIES/"
done
devices=webgpu
[ -e "contents/$LIBRARIES/libonnxruntime_providers_cuda.so" ] && devices=webgpu,cuda
set -- --devices "$devices" "$@"
for folder in contents/parity/*; do
  [ -d "$folder" ] && set -- "$@" "$folder"
done
export DENO_DIR="$PWD/contents/deno" DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
exec "contents/$DENO" run --quiet --no-prompt --no-config --no-lock --no-remote --node-modules-dir=manual --allow-all \
  contents/measure.js --library "$PWD/contents/$LIBRARIES/libonnxruntime.so.1" "$@"
