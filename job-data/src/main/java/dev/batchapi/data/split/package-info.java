/**
 * How a splitter and who asked for it understand each other: its arguments, its chunks, its end.
 */
@NullMarked
package dev.batchapi.data.split;

import org.jspecify.annotations.NullMarked;
