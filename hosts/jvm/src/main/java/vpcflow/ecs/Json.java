package vpcflow.ecs;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON that the module writes or has accepted, and writes options.
 *
 * <p>A library would have to be relocated: servers refuse plug-ins that bring a class of theirs. Integers become {@link Integer},
 * {@link Long} or {@link BigInteger}, whichever is the smallest that holds them, and other numbers {@link Double}. One reader is
 * for one thread at a time.
 */
final class Json {
    /** Keys by a hash of their text: documents have the same ones. */
    private final String[] keys = new String[512];

    private byte[] text;
    private int at;

    /** Reads the text of an object. */
    Map<String, Object> readObject(byte[] json) {
        text = json;
        at = 0;
        if (value() instanceof Map<?, ?> map) {
            @SuppressWarnings("unchecked")
            Map<String, Object> members = (Map<String, Object>) map;
            return members;
        }
        throw wrong();
    }

    private Object value() {
        byte first = token();
        at++;
        switch (first) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return string();
            case 't':
                return word("true", true);
            case 'f':
                return word("false", false);
            case 'n':
                return word("null", null);
            default:
                at--;
                return number();
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        if (token() == '}') {
            at++;
            return members;
        }
        do {
            expect('"');
            String key = key();
            expect(':');
            members.put(key, value());
        } while (hasMore('}'));
        return members;
    }

    private List<Object> array() {
        List<Object> items = new ArrayList<>(4);
        if (token() == ']') {
            at++;
            return items;
        }
        do {
            items.add(value());
        } while (hasMore(']'));
        return items;
    }

    /** Consumes a comma, or the end of a list or an object. True if it is a comma. */
    private boolean hasMore(char end) {
        byte next = token();
        at++;
        if (next != ',' && next != end) {
            throw wrong();
        }
        return next == ',';
    }

    /** Reads the rest of a string that is a key. */
    private String key() {
        int start = at;
        int hash = 0;
        byte next = next();
        while (next != '"') {
            if (next < ' ' || next == '\\') {
                at = start;
                return string();
            }
            hash = hash * 31 + next;
            next = next();
        }
        int length = at - 1 - start;
        int slot = (hash ^ hash >>> 9) & (keys.length - 1);
        String known = keys[slot];
        if (known == null || !isAt(known, start, length)) {
            known = new String(text, start, length, StandardCharsets.ISO_8859_1);
            keys[slot] = known;
        }
        return known;
    }

    private boolean isAt(String known, int start, int length) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (known.charAt(i) != text[start + i]) {
                return false;
            }
        }
        return true;
    }

    /** Reads the rest of a string. */
    private String string() {
        int start = at;
        int all = 0;
        byte next = next();
        while (next != '"' && next != '\\') {
            all |= next;
            next = next();
        }
        if (next == '"') {
            int length = at - 1 - start;
            return new String(text, start, length, all < 0 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        }
        at = start;
        return escapedString();
    }

    private String escapedString() {
        StringBuilder string = new StringBuilder();
        int start = at;
        byte next = next();
        while (next != '"') {
            if (next == '\\') {
                string.append(new String(text, start, at - 1 - start, StandardCharsets.UTF_8)).append(escape());
                start = at;
            }
            next = next();
        }
        return string.append(new String(text, start, at - 1 - start, StandardCharsets.UTF_8)).toString();
    }

    private char escape() {
        byte escape = next();
        switch (escape) {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                at += 4;
                return (char) Integer.parseInt(new String(text, at - 4, 4, StandardCharsets.ISO_8859_1), 16);
            default:
                return (char) escape;
        }
    }

    private Number number() {
        int start = at;
        boolean isInteger = true;
        long value = 0;
        while (at < text.length && isOfNumber(text[at])) {
            isInteger &= text[at] >= '0' && text[at] <= '9' || text[at] == '-' && at == start;
            value = value * 10 + (text[at] - '0');
            at++;
        }
        if (start == at) {
            throw wrong();
        }
        if (isInteger && at - start <= 18 && text[start] != '-') {
            return smallest(value);
        }
        String digits = new String(text, start, at - start, StandardCharsets.ISO_8859_1);
        if (!isInteger) {
            return Double.valueOf(digits);
        }
        BigInteger integer = new BigInteger(digits);
        return integer.bitLength() < 64 ? smallest(integer.longValue()) : integer;
    }

    private static Number smallest(long value) {
        if (value == (int) value) {
            return (int) value;
        }
        return value;
    }

    private static boolean isOfNumber(byte next) {
        return next >= '0' && next <= '9' || next == '-' || next == '+' || next == '.' || next == 'e' || next == 'E';
    }

    private Object word(String word, Object value) {
        at += word.length() - 1;
        if (at > text.length) {
            throw wrong();
        }
        return value;
    }

    private void expect(char expected) {
        if (token() != expected) {
            throw wrong();
        }
        at++;
    }

    /** Passes the blanks between tokens, and returns the first byte of the next one. */
    private byte token() {
        byte next = peek();
        while (next == ' ' || next == '\n' || next == '\r' || next == '\t') {
            at++;
            next = peek();
        }
        return next;
    }

    private byte peek() {
        if (at >= text.length) {
            throw wrong();
        }
        return text[at];
    }

    private byte next() {
        byte next = peek();
        at++;
        return next;
    }

    private IllegalStateException wrong() {
        return new IllegalStateException("the module wrote JSON that is wrong at byte " + at + ", which is a bug");
    }

    /** Writes a value as JSON: null, a boolean, a number, a string, a list, or a map. */
    static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> member : map.entrySet()) {
                out.append(separator);
                writeString(String.valueOf(member.getKey()), out);
                out.append(':');
                write(member.getValue(), out);
                separator = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Iterable<?> items) {
            String separator = "[";
            for (Object item : items) {
                out.append(separator);
                write(item, out);
                separator = ",";
            }
            out.append("[".equals(separator) ? "[]" : "]");
        } else if (value == null || value instanceof Boolean || value instanceof Number) {
            out.append(value);
        } else {
            writeString(value.toString(), out);
        }
    }

    private static void writeString(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next == '"' || next == '\\') {
                out.append('\\').append(next);
            } else if (next < ' ') {
                out.append(String.format("\\u%04x", (int) next));
            } else {
                out.append(next);
            }
        }
        out.append('"');
    }
}
