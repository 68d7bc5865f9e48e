package vpcflow.ecs;

import com.dylibso.chicory.runtime.Instance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The time of a line of a log, which the system property {@code log} names: {@code npm run bench -- --hosts}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
// C2 takes half a minute for the large methods, and C1 refuses them: docs/hosts.md.
@Warmup(iterations = 10, time = 4)
@Measurement(iterations = 5, time = 2)
public class LineBenchmark {
    private static final String OPTIONS = "{\"format\":\"v5\"}";

    /** The way to run the module. */
    @Param({"compiled", "interpreter"})
    public String machine;

    private List<byte[]> lines;
    private CoreInstance core;
    private int next;

    /** Reads the log. */
    @Setup
    public void setUp() throws IOException {
        lines = Files.readAllLines(Path.of(System.getProperty("log"))).stream()
            .skip(1)
            .map(line -> line.getBytes(StandardCharsets.UTF_8))
            .toList();
        Instance instance = "compiled".equals(machine)
            ? Instance.builder(Core.load()).withMachineFactory(Core::create).build()
            : Instance.builder(com.dylibso.chicory.wasm.Parser.parse(Path.of(System.getProperty("module")))).build();
        core = new CoreInstance(OPTIONS, Clock.systemUTC(), instance);
    }

    /** Gives the document as a map, as the plug-in and the transform take it. */
    @Benchmark
    public Object map() {
        return core.line(line());
    }

    /** Gives the document as text. */
    @Benchmark
    public byte[] json() {
        return core.lineToJson(line());
    }

    private byte[] line() {
        byte[] line = lines.get(next);
        next = (next + 1) % lines.size();
        return line;
    }
}
