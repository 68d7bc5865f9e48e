package vpcflow.ecs;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A line that is not a flow log record, a format that does not compile, or an option that does not exist.
 *
 * <p>Programs look at {@link #code}; the message is for people, and always on one line.
 */
public final class FlowLogException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient Map<String, Object> members;
    private transient byte[] documents;

    FlowLogException(Map<String, Object> members) {
        super(String.valueOf(members.get("message")));
        this.members = members;
    }

    /** Sets the documents of the lines before. */
    FlowLogException after(byte[] documents) {
        this.documents = documents;
        return this;
    }

    /** Returns the documents that a call of {@link FlowLogInput} has made of the lines before, as lines of JSON. */
    public byte[] documents() {
        return documents == null ? new byte[0] : documents.clone();
    }

    /** Returns the kind of the error, e.g. {@code out_of_range}. */
    public String code() {
        return text("code").orElse("unknown");
    }

    /** Returns the message without the position. */
    public String problem() {
        return text("problem").orElseGet(this::getMessage);
    }

    /** Returns the line of the input, from 1. */
    public OptionalLong lineNumber() {
        return number("lineNumber");
    }

    /** Returns the column in the line or in the format, in characters from 1. */
    public OptionalLong column() {
        return number("column");
    }

    /** Returns the bytes from the start of the input or of the format, from 0. */
    public OptionalLong offset() {
        return number("offset");
    }

    /** Returns the name of the AWS field, e.g. {@code srcport}. */
    public Optional<String> field() {
        return text("field");
    }

    /** Returns the expected values, e.g. {@code 0 to 65535}. */
    public Optional<String> expected() {
        return text("expected");
    }

    /** Returns the text that was found. */
    public Optional<String> found() {
        return text("found");
    }

    /** Returns the format that the line was compared with, if none or several were given. */
    public Optional<String> format() {
        return text("format");
    }

    /** Returns the line. */
    public Optional<String> input() {
        return text("input");
    }

    private Optional<String> text(String name) {
        return members != null && members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private OptionalLong number(String name) {
        return members != null && members.get(name) instanceof Number number
            ? OptionalLong.of(number.longValue())
            : OptionalLong.empty();
    }
}
