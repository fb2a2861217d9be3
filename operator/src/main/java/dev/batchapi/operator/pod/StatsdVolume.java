package dev.batchapi.operator.pod;

/** How the folder of a node's metrics socket gets into a worker's container. */
public enum StatsdVolume {
  /** From the node as it is; the Pod Security Standards baseline and restricted forbid it. */
  HOST_PATH,
  /** By Datadog's CSI driver, which all of them allow. */
  CSI
}
