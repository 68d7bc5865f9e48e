package vpcflow.ecs;

import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** An instance of the module with one parser, for one thread at a time. {@code docs/abi.md} describes its functions. */
final class CoreInstance {
    private static final int ABI = 1;
    private static final int CHUNK = 1 << 20;

    private final Clock clock;
    private final Memory memory;
    private final ExportFunction now;
    private final ExportFunction buffer;
    private final ExportFunction reset;
    private final ExportFunction line;
    private final ExportFunction push;
    private final ExportFunction end;
    private final int result;
    private final long handle;
    private final Json json = new Json();
    private long time = -1;

    /**
     * Makes an instance with a parser.
     *
     * @throws FlowLogException if an option is wrong
     */
    CoreInstance(String options, Clock clock) {
        this(options, clock, Instance.builder(Core.load()).withMachineFactory(Core::create).build());
    }

    /** Makes a parser in an instance, which the benchmark takes from the interpreter, too. */
    CoreInstance(String options, Clock clock, Instance instance) {
        this.clock = clock;
        memory = instance.memory();
        now = instance.export("vpcflow_now");
        buffer = instance.export("vpcflow_buffer");
        reset = instance.export("vpcflow_reset");
        line = instance.export("vpcflow_line");
        push = instance.export("vpcflow_push");
        end = instance.export("vpcflow_end");
        int abi = (int) instance.export("vpcflow_abi").apply()[0];
        if (abi != ABI) {
            throw new IllegalStateException("expected a module with version " + ABI + " of its contract, found " + abi);
        }
        result = (int) instance.export("vpcflow_result").apply()[0];
        byte[] text = options.getBytes(StandardCharsets.UTF_8);
        handle = checked(instance.export("vpcflow_open").apply(write(text, 0, text.length))[0]);
    }

    /** Reads a line as the first of an input. */
    Line line(byte[] text) {
        int status = read(text);
        Line.Kind kind = Line.Kind.of(status);
        return new Line(kind, kind == Line.Kind.RECORD ? json.readObject(documents()) : null, status != 4);
    }

    /** Reads a line as the first of an input, and returns the JSON text of its document; null if it is not a record. */
    byte[] lineToJson(byte[] text) {
        return Line.Kind.of(read(text)) == Line.Kind.RECORD ? documents() : null;
    }

    private int read(byte[] text) {
        setTime();
        checked(reset.apply(handle)[0]);
        int length = write(text, 0, text.length);
        return (int) checked(line.apply(handle, 0, length)[0]);
    }

    /** Reads a chunk of an input. */
    void push(byte[] chunk, ByteArrayOutputStream documents, Consumer<FlowLogException> report) {
        setTime();
        for (int start = 0; start < chunk.length; start += CHUNK) {
            int length = write(chunk, start, Math.min(CHUNK, chunk.length - start));
            for (int consumed = 0; consumed < length; consumed += memory.readInt(result + 16)) {
                take(push.apply(handle, consumed, length - consumed)[0], documents, report);
            }
        }
    }

    /** Ends an input. */
    void end(ByteArrayOutputStream documents, Consumer<FlowLogException> report) {
        setTime();
        take(end.apply(handle)[0], documents, report);
    }

    /** Takes the documents of a call, reports its errors, and throws the one that ended the input. */
    private void take(long value, ByteArrayOutputStream documents, Consumer<FlowLogException> report) {
        documents.writeBytes(documents());
        List<String> errors = text().lines().toList();
        int reported = (int) value < 0 ? errors.size() - 1 : errors.size();
        errors.subList(0, reported).forEach(error -> report.accept(exception(error)));
        if (reported < errors.size()) {
            throw exception(errors.get(reported));
        }
    }

    private void setTime() {
        long milliseconds = clock.millis();
        if (milliseconds != time) {
            now.apply(milliseconds);
            time = milliseconds;
        }
    }

    /** Writes bytes to the buffer, and returns their number. */
    private int write(byte[] bytes, int start, int length) {
        int address = (int) buffer.apply(length)[0];
        if (address == 0) {
            throw new IllegalArgumentException("expected at most 64 MiB, found " + length + " bytes");
        }
        memory.write(address, bytes, start, length);
        return length;
    }

    private byte[] documents() {
        return memory.readBytes(memory.readInt(result), memory.readInt(result + 4));
    }

    private String text() {
        return memory.readString(memory.readInt(result + 8), memory.readInt(result + 12));
    }

    /** Returns the value of a call, or throws the error that it wrote. */
    private long checked(long value) {
        if ((int) value >= 0) {
            return value;
        }
        throw exception(text().lines().reduce("", (first, last) -> last));
    }

    private FlowLogException exception(String error) {
        Map<String, Object> members = json.readObject(error.getBytes(StandardCharsets.UTF_8));
        return new FlowLogException(members);
    }
}
