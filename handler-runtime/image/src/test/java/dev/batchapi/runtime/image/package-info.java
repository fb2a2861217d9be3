@NullMarked
package dev.batchapi.runtime.image;

import org.jspecify.annotations.NullMarked;
