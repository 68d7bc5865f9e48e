"""The library in `npm run bench`: the arguments and the output are those of tools/bench_native.rs."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from vpcflow_ecs import Parser  # noqa: E402

path, form, chunk_bytes, *rest = sys.argv[1:]
text = Path(path).read_bytes()
size = int(chunk_bytes)
chunks = [text[at : at + size] for at in range(0, len(text), size)]
parser = Parser({"format": form, "onError": "skip"})

if rest == ["print"]:
    for chunk in chunks:
        sys.stdout.buffer.write(parser.push(chunk))
    sys.exit()

for _ in sys.stdin:
    start, cpu = time.perf_counter_ns(), time.process_time_ns()
    written = sum(len(parser.push(chunk)) for chunk in chunks)
    times = {"ns": time.perf_counter_ns() - start, "cpu": time.process_time_ns() - cpu}
    print(json.dumps({**times, "bytes": written}), flush=True)
