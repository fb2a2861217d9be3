/**
 * The frozen run: what the operator, or the laptop's runner, writes when it accepts a job, and what
 * the worker reads. Loads without fabric8.
 */
@NullMarked
package dev.batchapi.crds.run;

import org.jspecify.annotations.NullMarked;
