@NullMarked
package dev.batchapi.runtime.worker;

import org.jspecify.annotations.NullMarked;
