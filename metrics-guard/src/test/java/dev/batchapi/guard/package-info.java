@NullMarked
package dev.batchapi.guard;

import org.jspecify.annotations.NullMarked;
