package vpcflow.ecs;

import java.util.Map;

/**
 * A line that was read.
 *
 * @param kind what the line is
 * @param document the document of a record, which may be changed; null for other kinds
 * @param hasTime false if the record has no time, so that {@code @timestamp} is the time of parsing
 */
public record Line(Kind kind, Map<String, Object> document, boolean hasTime) {
    /** The kind of a line. */
    public enum Kind {
        /** A record. */
        RECORD,
        /** A record that the option {@code omitLogStatus} leaves out. */
        OMITTED,
        /** A header. */
        HEADER,
        /** A line without a token. */
        BLANK;

        /** Returns the kind that the module's function returns a number for. */
        static Kind of(int status) {
            return switch (status) {
                case 1 -> OMITTED;
                case 2 -> HEADER;
                case 3 -> BLANK;
                default -> RECORD;
            };
        }
    }
}
