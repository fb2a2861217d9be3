/**
 * A job's output folder: whose it is, and how a collector and who asked for it understand each
 * other.
 */
@NullMarked
package dev.batchapi.data.collect;

import org.jspecify.annotations.NullMarked;
