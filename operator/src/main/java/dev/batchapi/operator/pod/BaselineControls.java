package dev.batchapi.operator.pod;

import dev.batchapi.operator.pod.PodTree.Place;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The controls of the Pod Security Standard "baseline", in the order of its page: <a
 * href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">Pod Security
 * Standards</a>. Each names the fields that are against it.
 */
final class BaselineControls {
  private static final Set<String> CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");
  private static final Set<String> SELINUX_TYPES =
      Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");
  private static final Set<String> SYSCTLS =
      Set.of(
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.ping_group_range",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.tcp_wmem");

  /** Of AppArmor and of seccomp. */
  static final Set<String> PROFILES = Set.of("RuntimeDefault", "Localhost");

  private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

  private static final List<Function<PodTree, Stream<Place>>> CONTROLS =
      List.of(
          BaselineControls::windowsHostProcess,
          BaselineControls::hostNamespaces,
          BaselineControls::privileged,
          BaselineControls::capabilities,
          BaselineControls::hostPaths,
          BaselineControls::hostPorts,
          BaselineControls::hostsOfProbesAndHooks,
          BaselineControls::appArmor,
          BaselineControls::seLinux,
          BaselineControls::procMount,
          BaselineControls::seccomp,
          BaselineControls::sysctls);

  private BaselineControls() {}

  /** What is against them. */
  static List<String> of(PodTree pod) {
    return CONTROLS.stream()
        .flatMap(control -> control.apply(pod))
        .map(Place::toString)
        .distinct()
        .toList();
  }

  private static Stream<Place> windowsHostProcess(PodTree pod) {
    return contexts(pod).map(c -> c.at("windowsOptions").at("hostProcess")).filter(Place::isOn);
  }

  private static Stream<Place> hostNamespaces(PodTree pod) {
    return Stream.of("hostNetwork", "hostPID", "hostIPC").map(pod.spec()::at).filter(Place::isOn);
  }

  private static Stream<Place> privileged(PodTree pod) {
    return contexts(pod).map(c -> c.at("privileged")).filter(Place::isOn);
  }

  private static Stream<Place> capabilities(PodTree pod) {
    return contexts(pod)
        .flatMap(c -> c.at("capabilities").at("add").each().stream())
        .filter(added -> !CAPABILITIES.contains(added.node().asText()));
  }

  private static Stream<Place> hostPaths(PodTree pod) {
    return pod.spec().at("volumes").each().stream()
        .map(volume -> volume.at("hostPath"))
        .filter(Place::isSet);
  }

  private static Stream<Place> hostPorts(PodTree pod) {
    return pod.containers().stream()
        .flatMap(container -> container.at("ports").each().stream())
        .map(port -> port.at("hostPort"))
        .filter(Place::isSet)
        .filter(port -> !(port.node().isInt() && port.node().intValue() == 0));
  }

  private static Stream<Place> hostsOfProbesAndHooks(PodTree pod) {
    return pod.containers().stream()
        .flatMap(
            container ->
                Stream.of(
                    container.at("livenessProbe"),
                    container.at("readinessProbe"),
                    container.at("startupProbe"),
                    container.at("lifecycle").at("postStart"),
                    container.at("lifecycle").at("preStop")))
        .flatMap(handler -> Stream.of(handler.at("httpGet"), handler.at("tcpSocket")))
        .map(call -> call.at("host"))
        .filter(Place::isNotEmpty);
  }

  private static Stream<Place> appArmor(PodTree pod) {
    var fields = profiles(pod, "appArmorProfile").filter(type -> !oneOf(PROFILES, type));
    var annotations =
        pod.annotations().node().properties().stream()
            .filter(annotation -> annotation.getKey().startsWith(APP_ARMOR))
            .filter(annotation -> !isAppArmorProfile(annotation.getValue().asText()))
            .map(annotation -> pod.annotations().at(annotation.getKey()));
    return Stream.concat(fields, annotations);
  }

  private static boolean isAppArmorProfile(String annotation) {
    return annotation.isEmpty()
        || annotation.equals("runtime/default")
        || annotation.startsWith("localhost/");
  }

  private static Stream<Place> seLinux(PodTree pod) {
    return contexts(pod)
        .map(c -> c.at("seLinuxOptions"))
        .flatMap(
            options ->
                Stream.concat(
                    Stream.of(options.at("type"))
                        .filter(Place::isSet)
                        .filter(type -> !oneOf(SELINUX_TYPES, type)),
                    Stream.of(options.at("user"), options.at("role")).filter(Place::isNotEmpty)));
  }

  private static Stream<Place> procMount(PodTree pod) {
    return pod.hasItsOwnUsers() ? Stream.empty() : unmaskedProc(pod);
  }

  static Stream<Place> unmaskedProc(PodTree pod) {
    return contexts(pod)
        .map(c -> c.at("procMount"))
        .filter(Place::isNotEmpty)
        .filter(mount -> !oneOf(Set.of("Default"), mount));
  }

  private static Stream<Place> seccomp(PodTree pod) {
    return profiles(pod, "seccompProfile").filter(type -> !oneOf(PROFILES, type));
  }

  private static Stream<Place> sysctls(PodTree pod) {
    return pod.spec().at("securityContext").at("sysctls").each().stream()
        .filter(sysctl -> !oneOf(SYSCTLS, sysctl.at("name")));
  }

  private static Stream<Place> contexts(PodTree pod) {
    return pod.securityContexts().stream();
  }

  private static Stream<Place> profiles(PodTree pod, String field) {
    return contexts(pod)
        .map(c -> c.at(field))
        .filter(Place::isSet)
        .map(profile -> profile.at("type"));
  }

  static boolean oneOf(Set<String> allowed, Place place) {
    return place.node().isTextual() && allowed.contains(place.node().textValue());
  }
}
