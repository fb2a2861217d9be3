package dev.batchapi.operator.status;

import dev.batchapi.crds.Condition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists of conditions, in which each type stands once. */
public final class Conditions {
  private Conditions() {}

  /**
   * The conditions after a pass: those of {@code now}, and of {@code before} the types that {@code
   * now} does not speak of. One whose status is what it was keeps the time of its last transition,
   * whatever its reason and message are now.
   *
   * @param before those in the status as it is; null for none
   * @param now at most one of each type
   * @return in the order of {@code before}, the new ones behind: a list that did not change is
   *     equal to the one before
   */
  public static List<Condition> merge(@Nullable List<Condition> before, List<Condition> now) {
    var merged = new LinkedHashMap<String, Condition>();
    if (before != null) {
      before.forEach(condition -> merged.put(condition.type(), condition));
    }
    for (var condition : now) {
      merged.merge(condition.type(), condition, Conditions::succeed);
    }
    return List.copyOf(merged.values());
  }

  /** The condition of a type, if there is one. */
  public static Optional<Condition> find(@Nullable List<Condition> conditions, String type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(c -> c.type().equals(type)).findFirst();
  }

  /** Whether the condition of a type is there and true. */
  public static boolean isTrue(@Nullable List<Condition> conditions, String type) {
    return find(conditions, type).filter(c -> c.status() == Condition.Status.TRUE).isPresent();
  }

  private static Condition succeed(Condition before, Condition now) {
    return before.status() != now.status()
        ? now
        : new Condition(
            now.type(),
            now.status(),
            now.reason(),
            now.message(),
            before.lastTransitionTime(),
            now.observedGeneration());
  }
}
