/**
 * AWS VPC and transit gateway flow log lines in, Elastic Common Schema (ECS) documents out.
 *
 * <p>{@link vpcflow.ecs.FlowLogParser} reads single lines on any number of threads; {@link vpcflow.ecs.FlowLogInput} reads an
 * input in chunks. Both run the project's parser in Rust, compiled to bytecode when this library was built.
 */
package vpcflow.ecs;
