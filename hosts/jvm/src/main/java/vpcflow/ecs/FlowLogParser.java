package vpcflow.ecs;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Function;

/**
 * Reads single lines, each independently of the others, on any number of threads.
 *
 * <pre>{@code
 * try (FlowLogParser parser = FlowLogParser.of(Map.of("format", "v5"))) {
 *     Map<String, Object> document = parser.parse(line).document();
 * }
 * }</pre>
 *
 * <p>An instance of the module serves one thread at a time. Idle ones are kept, as many as there are processors: a pool.
 */
public final class FlowLogParser implements AutoCloseable {
    private final String options;
    private final Clock clock;
    private final ArrayBlockingQueue<CoreInstance> idle = new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());
    private volatile boolean isClosed;

    private FlowLogParser(String options, Clock clock) {
        this.options = options;
        this.clock = clock;
        // Checks the options now, and not with the first line.
        release(new CoreInstance(options, clock));
    }

    /**
     * Makes a parser.
     *
     * @param options the options of the npm package by name, of values as JSON has them
     * @throws FlowLogException if an option is wrong
     */
    public static FlowLogParser of(Map<String, ?> options) {
        return ofJson(Json.write(options));
    }

    /**
     * Makes a parser.
     *
     * @param options the JSON text of an object of options
     * @throws FlowLogException if an option is wrong
     */
    public static FlowLogParser ofJson(String options) {
        return new FlowLogParser(options, Clock.systemUTC());
    }

    /**
     * Makes a parser of a format and other options.
     *
     * @param options the JSON text of an object of options
     * @param format in any syntax, or the name of a preset
     * @throws FlowLogException if an option is wrong
     */
    public static FlowLogParser ofJson(String options, String format) {
        // The text is checked before a member is added to it.
        ofJson(options).close();
        Map<String, Object> all = new Json().readObject(options.getBytes(StandardCharsets.UTF_8));
        all.put("format", format);
        return of(all);
    }

    /** Returns a parser with the same options and another clock for the time of parsing. */
    public FlowLogParser withClock(Clock other) {
        return new FlowLogParser(options, other);
    }

    /**
     * Reads a line, with or without its line end.
     *
     * @throws FlowLogException if the line is not a record
     */
    public Line parse(byte[] line) {
        return with(instance -> instance.line(line));
    }

    /** Reads a line as {@link #parse(byte[])} does. */
    public Line parse(String line) {
        return parse(line.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a line, and returns the JSON text of its document in UTF-8; null if the line is not a record but a header, blank,
     * or left out.
     *
     * @throws FlowLogException if the line is not a record
     */
    public byte[] parseToJson(byte[] line) {
        return with(instance -> instance.lineToJson(line));
    }

    /** Starts an input in chunks, with the options of this parser. */
    public FlowLogInput open() {
        checkOpen();
        return new FlowLogInput(new CoreInstance(options, clock));
    }

    /** Frees the memory of idle instances. */
    @Override
    public void close() {
        isClosed = true;
        idle.clear();
    }

    private <T> T with(Function<CoreInstance, T> work) {
        checkOpen();
        CoreInstance pooled = idle.poll();
        CoreInstance instance = pooled == null ? new CoreInstance(options, clock) : pooled;
        T result;
        try {
            result = work.apply(instance);
        } catch (FlowLogException error) {
            release(instance);
            throw error;
        }
        // After anything else that is thrown, the instance is not used again.
        release(instance);
        return result;
    }

    private void release(CoreInstance instance) {
        if (!isClosed) {
            idle.offer(instance);
        }
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("the parser is closed");
        }
    }
}
