package dev.batchapi.operator.job;

/**
 * What keeps a worker from starting.
 *
 * @param reason in one word, such as {@code ImagePullFailed}
 * @param message in the words of who knows: kubelet, scheduler, API server
 */
record Trouble(String reason, String message) {}
