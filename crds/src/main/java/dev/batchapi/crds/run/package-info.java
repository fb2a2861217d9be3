/** How a BatchJob and its BatchAPI become a frozen run, and which files its code folder has. */
@NullMarked
package dev.batchapi.crds.run;

import org.jspecify.annotations.NullMarked;
