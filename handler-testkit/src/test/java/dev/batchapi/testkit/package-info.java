@NullMarked
package dev.batchapi.testkit;

import org.jspecify.annotations.NullMarked;
