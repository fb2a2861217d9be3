package dev.batchapi.operator.pod;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Kubernetes' Pod Security Standards, from the one that allows everything to the strictest. */
public enum PodSecurityLevel {
  PRIVILEGED,
  BASELINE,
  RESTRICTED;

  /** The level of this name, as Kubernetes writes it: in small letters. */
  public static Optional<PodSecurityLevel> named(String name) {
    return Arrays.stream(values()).filter(level -> level.toString().equals(name)).findFirst();
  }

  /** As Kubernetes writes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
