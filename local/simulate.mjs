// Answers batches of IAM simulations: a line of JSON in, a line of JSON out, until stdin ends.
// The simulator is AGPL-3.0: it runs here, in a process of its own, and nowhere else.
import { createInterface } from 'node:readline'
import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
  validateServiceControlPolicy
} from '@cloud-copilot/iam-policy'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const ALLOW_ALL = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' }
}
const REGIONLESS_MODEL = 'arn:aws:bedrock:::foundation-model/'

const named = (documents, validate) =>
  Object.entries(documents).map(([name, policy]) => ({
    name,
    policy: createValidatedPolicy(policy, validate)
  }))

// Everything but the request; validated once, whatever the number of requests.
function prepare({ policies, boundary, scps }) {
  const organisation = Object.fromEntries([ALLOW_ALL, ...scps].map((scp, n) => [`scp-${n}`, scp]))
  return {
    identityPolicies: named(policies, validateIdentityPolicy),
    permissionBoundaryPolicies: boundary ? named({ boundary }, validateIdentityPolicy) : undefined,
    serviceControlPolicies: [
      { orgIdentifier: 'r-root', policies: named(organisation, validateServiceControlPolicy) }
    ],
    resourceControlPolicies: []
  }
}

const deniedBy = (analysis) =>
  [analysis?.identityAnalysis, analysis?.permissionBoundaryAnalysis]
    .concat(analysis?.scpAnalysis?.ouAnalysis)
    .flatMap((one) => one?.denyStatements ?? [])
    .map((statement) => statement.policyId)
    .concat((analysis?.resourceAnalysis?.denyStatements ?? []).map(() => 'resource'))

async function judge(attached, { resourcePolicy, ...request }, strict) {
  const simulation = { ...attached, request }
  if (resourcePolicy)
    simulation.resourcePolicy = createValidatedPolicy(resourcePolicy, validateResourcePolicy)
  // Its data has no resource type for the Region-less model of global profiles, and it checks types.
  const untyped = request.resource.resource.startsWith(REGIONLESS_MODEL)
  if (untyped || (!strict && request.resource.resource === '*'))
    return { verdict: runUnsafeSimulation(simulation, {}), deniedBy: [] }
  const outcome = await runSimulation(simulation, { simulationMode: 'Strict' })
  if (outcome.resultType === 'error') return { error: JSON.stringify(outcome.errors) }
  if (outcome.resultType !== 'single') return { error: 'the resource of a request has a wildcard' }
  if (strict && outcome.result.ignoredContextKeys.length > 0)
    return { error: `not a condition key of this request: ${outcome.result.ignoredContextKeys}` }
  return { verdict: outcome.overallResult, deniedBy: deniedBy(outcome.result.analysis) }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { caller, requests, strict } = JSON.parse(line)
  const attached = prepare(caller)
  const verdicts = []
  for (const request of requests) verdicts.push(await judge(attached, request, strict))
  process.stdout.write(`${JSON.stringify(verdicts)}\n`)
}
