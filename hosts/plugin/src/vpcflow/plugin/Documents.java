package vpcflow.plugin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Merges documents. */
final class Documents {
    /** The lists to which several processors add values. */
    private static final Set<String> COLLECTED = Set.of("tags", "related.ip");

    private Documents() {
    }

    /** Adds the members of a record. They replace those of the source; objects are merged, and collected lists extended. */
    static void merge(Map<String, Object> into, Map<String, Object> record) {
        merge(into, record, "");
    }

    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> into, Map<String, Object> record, String above) {
        record.forEach((name, value) -> {
            Object old = into.get(name);
            if (old instanceof Map && value instanceof Map) {
                merge((Map<String, Object>) old, (Map<String, Object>) value, above + name + ".");
            } else if (old instanceof List<?> items && value instanceof List<?> added && COLLECTED.contains(above + name)) {
                List<Object> all = new ArrayList<>(items);
                added.stream().filter(item -> !all.contains(item)).forEach(all::add);
                into.put(name, all);
            } else {
                into.put(name, value);
            }
        });
    }
}
