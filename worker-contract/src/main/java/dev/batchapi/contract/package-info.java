/**
 * What a job's owner (the operator, the laptop's runner) and its workers agree on: the frozen run,
 * the variables and paths of a pod, how large a payload may be, how a worker says how it ended, and
 * what follows when workers are lost.
 */
@NullMarked
package dev.batchapi.contract;

import org.jspecify.annotations.NullMarked;
