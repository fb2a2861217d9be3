package dev.batchapi.operator.pod;

import dev.batchapi.operator.pod.PodTree.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the Pod Security Standard "restricted" asks beyond "baseline", in the order of its page.
 * Windows' exceptions are left out: a worker doesn't run there.
 */
final class RestrictedControls {
  private static final Set<String> VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "image",
          "persistentVolumeClaim",
          "projected",
          "secret");

  private RestrictedControls() {}

  /** What is against them. */
  static List<String> of(PodTree pod) {
    var found = new ArrayList<String>();
    volumeTypes(pod).map(Place::toString).forEach(found::add);
    BaselineControls.unmaskedProc(pod).map(Place::toString).forEach(found::add);
    privilegeEscalation(pod).forEach(found::add);
    if (!pod.hasItsOwnUsers()) {
      runAsNonRoot(pod).forEach(found::add);
      runAsRoot(pod).map(Place::toString).forEach(found::add);
    }
    seccomp(pod).forEach(found::add);
    capabilities(pod).forEach(found::add);
    return found;
  }

  private static Stream<Place> volumeTypes(PodTree pod) {
    return pod.spec().at("volumes").each().stream()
        .flatMap(
            volume ->
                volume.node().properties().stream()
                    .map(field -> volume.at(field.getKey()))
                    .filter(Place::isSet)
                    .filter(field -> !isAllowed(volume, field)));
  }

  private static boolean isAllowed(Place volume, Place field) {
    var name = field.path().substring(volume.path().length() + 1);
    return name.equals("name") || VOLUMES.contains(name);
  }

  private static Stream<String> privilegeEscalation(PodTree pod) {
    return pod.containers().stream()
        .map(container -> container.at("securityContext").at("allowPrivilegeEscalation"))
        .filter(allowed -> !allowed.isFalse())
        .map(allowed -> missing(allowed, "false"));
  }

  private static Stream<String> runAsNonRoot(PodTree pod) {
    var ofThePod = pod.spec().at("securityContext").at("runAsNonRoot");
    var explicit =
        pod.securityContexts().stream()
            .map(c -> c.at("runAsNonRoot"))
            .filter(Place::isSet)
            .filter(nonRoot -> !nonRoot.isTrue())
            .map(Place::toString);
    return Stream.concat(explicit, unlessThePods(pod, ofThePod, "runAsNonRoot", "true"));
  }

  private static Stream<Place> runAsRoot(PodTree pod) {
    return pod.securityContexts().stream()
        .map(c -> c.at("runAsUser"))
        .filter(Place::isSet)
        .filter(user -> !user.node().isIntegralNumber() || user.node().asLong() == 0);
  }

  private static Stream<String> seccomp(PodTree pod) {
    var ofThePod = pod.spec().at("securityContext").at("seccompProfile");
    return unlessThePods(pod, ofThePod, "seccompProfile", "{type: RuntimeDefault}");
  }

  /** Each container needs it where the pod itself has none. */
  private static Stream<String> unlessThePods(
      PodTree pod, Place ofThePod, String field, String value) {
    return ofThePod.isSet()
        ? Stream.empty()
        : pod.containers().stream()
            .map(container -> container.at("securityContext").at(field))
            .filter(own -> !own.isSet())
            .map(own -> missing(own, value));
  }

  private static Stream<String> capabilities(PodTree pod) {
    return pod.containers().stream()
        .map(container -> container.at("securityContext").at("capabilities"))
        .flatMap(
            capabilities ->
                Stream.concat(
                    capabilities.at("add").each().stream()
                        .filter(added -> !added.node().asText().equals("NET_BIND_SERVICE"))
                        .map(Place::toString),
                    Stream.of(capabilities.at("drop"))
                        .filter(drop -> drop.each().stream().noneMatch(RestrictedControls::isAll))
                        .map(drop -> missing(drop, "[ALL]"))));
  }

  private static boolean isAll(Place dropped) {
    return BaselineControls.oneOf(Set.of("ALL"), dropped);
  }

  private static String missing(Place place, String value) {
    return place.isSet()
        ? "%s (it must be %s)".formatted(place, value)
        : "%s to be left out (it must be %s)".formatted(place.path(), value);
  }
}
