@NullMarked
package dev.batchapi.operator.health;

import org.jspecify.annotations.NullMarked;
