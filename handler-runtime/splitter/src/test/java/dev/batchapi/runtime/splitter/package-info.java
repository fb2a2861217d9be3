@NullMarked
package dev.batchapi.runtime.splitter;

import org.jspecify.annotations.NullMarked;
