package dev.batchapi.runtime.host.jackson;

import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Places in a JSON document, as a Java author would write them: {@code result[3].boxes[0].x}. */
final class Paths {
  private static final int SHOWN = 12;

  private Paths() {}

  /** Where a generator of a result would write its next value. */
  static String next(JsonStreamContext innermost) {
    List<String> steps = new ArrayList<>();
    boolean counted = false;
    JsonStreamContext context = innermost;
    while (context != null && !context.inRoot()) {
      if (context.inArray()) {
        // The arrays around it have counted the one that is being written.
        int index = context.getEntryCount() - (counted ? 1 : 0);
        steps.add("[" + index + "]");
      } else if (context.getCurrentName() != null) {
        steps.add(field(context.getCurrentName()));
      }
      counted = true;
      context = context.getParent();
    }
    Collections.reverse(steps);
    return join("result", steps);
  }

  /** Where binding was when it failed. */
  static String of(String root, List<Reference> references) {
    List<String> steps = new ArrayList<>();
    for (Reference reference : references) {
      @Nullable String name = reference.getFieldName();
      steps.add(name == null ? "[" + reference.getIndex() + "]" : field(name));
    }
    return join(root, steps);
  }

  private static String join(String root, List<String> steps) {
    if (steps.size() <= SHOWN) {
      return root + String.join("", steps);
    }
    return root + String.join("", steps.subList(0, SHOWN)) + "…";
  }

  private static String field(String name) {
    boolean plain =
        !name.isEmpty()
            && Character.isJavaIdentifierStart(name.charAt(0))
            && name.chars().allMatch(Character::isJavaIdentifierPart);
    String shown = name.length() <= 40 ? name : name.substring(0, 40) + "…";
    return plain ? "." + shown : "[\"" + shown + "\"]";
  }
}
