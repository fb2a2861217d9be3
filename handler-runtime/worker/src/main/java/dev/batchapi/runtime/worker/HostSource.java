package dev.batchapi.runtime.worker;

/** Where hosts come from: started as children, or waited for at the socket. */
public interface HostSource {

  /**
   * Gets a host with its handler constructed.
   *
   * @throws HostStartException if there is none, or its handler can't be constructed
   */
  Host start() throws HostStartException, InterruptedException;

  /**
   * Whether {@link #start} can be called again after a host ended by itself. After {@link
   * Host#replace} of a replaceable host it always can.
   */
  boolean canRestart();
}
