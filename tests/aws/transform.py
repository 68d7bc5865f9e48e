"""Prints a template of AWS SAM as the template of CloudFormation that AWS makes of it; fails if SAM refuses it."""

import json
import os
import sys

from cfnlint.decode import cfn_yaml
from samtranslator.translator.transform import transform

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")


class ManagedPolicies:
    """The policies of AWS that SAM may name."""

    def load(self):
        return {}


template = json.loads(json.dumps(cfn_yaml.load(sys.argv[1])))
for resource in template["Resources"].values():
    # `sam deploy` puts the folder into a bucket.
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = "s3://bucket/key"
print(json.dumps(transform(template, {}, ManagedPolicies())))
