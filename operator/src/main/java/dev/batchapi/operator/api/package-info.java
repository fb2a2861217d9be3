/** A BatchAPI: whether jobs can run, and the jobs that stand in it. */
@NullMarked
package dev.batchapi.operator.api;

import org.jspecify.annotations.NullMarked;
