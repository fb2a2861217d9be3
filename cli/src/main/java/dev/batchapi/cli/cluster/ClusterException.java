package dev.batchapi.cli.cluster;

import dev.batchapi.contract.Visible;

/** The cluster can't be asked, or refuses; the message is a sentence for a person. */
public final class ClusterException extends Exception {
  private static final long serialVersionUID = 1L;

  ClusterException(String message) {
    super(Visible.text(message));
  }
}
