package vpcflow.ecs;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Reads an input in chunks, cut anywhere, to documents as lines of JSON. It is for one thread at a time.
 *
 * <p>With the option {@code onError} set to {@code skip} or {@code document}, each bad line is reported. Otherwise it is thrown.
 */
public final class FlowLogInput {
    private final CoreInstance instance;

    FlowLogInput(CoreInstance instance) {
        this.instance = instance;
    }

    /**
     * Reads a chunk, and returns the documents of the lines that end in it.
     *
     * @param report gets the error of each bad line
     * @throws FlowLogException if the input cannot be read on; it has the documents of the lines before
     */
    public byte[] push(byte[] chunk, Consumer<FlowLogException> report) {
        ByteArrayOutputStream documents = new ByteArrayOutputStream(chunk.length * 5);
        try {
            instance.push(chunk, documents, report);
        } catch (FlowLogException error) {
            throw error.after(documents.toByteArray());
        }
        return documents.toByteArray();
    }

    /**
     * Ends the input: reads pending lines, and a last line without its line end. Another input may follow.
     *
     * @param report gets the error of each bad line
     * @throws FlowLogException if the input cannot be read on; it has the documents of the lines before
     */
    public byte[] end(Consumer<FlowLogException> report) {
        ByteArrayOutputStream documents = new ByteArrayOutputStream();
        try {
            instance.end(documents, report);
        } catch (FlowLogException error) {
            throw error.after(documents.toByteArray());
        }
        return documents.toByteArray();
    }
}
