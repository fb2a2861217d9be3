package dev.batchapi.runtime.host;

import java.lang.reflect.Proxy;

/** What the host does about being told to end. */
final class Signals {
  private Signals() {}

  /**
   * Nothing: the worker gets the same signal and decides what happens to the batch in hand. A
   * handler that does nothing, and not "ignored", which the author's own child processes would
   * inherit.
   *
   * <p>By reflection, since javac warns of {@code sun.misc} in a way that can't be switched off;
   * the JDK has no other way, and keeps this one in jdk.unsupported.
   */
  static void leaveToTheWorker() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object nothing =
          Proxy.newProxyInstance(
              handler.getClassLoader(), new Class<?>[] {handler}, (self, method, given) -> null);
      for (String name : new String[] {"TERM", "INT", "HUP"}) {
        var _ =
            signal
                .getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), nothing);
      }
    } catch (ReflectiveOperationException e) {
      // Without jdk.unsupported, or under -Xrs: signals do what whoever chose that wanted.
    }
  }
}
