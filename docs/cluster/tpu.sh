#!/bin/bash
# A pod slice of cloud TPUs: the same command on each of its hosts. JAX finds the others by the
# TPU's own metadata, so that nothing is said of addresses.
NAME=pellucid ZONE=us-central2-b
gcloud compute tpus tpu-vm create $NAME --zone=$ZONE --accelerator-type=v4-32 \
    --version=tpu-ubuntu2204-base
gcloud compute tpus tpu-vm ssh $NAME --zone=$ZONE --worker=all \
    --command='pip install "pellucid[jax]" "jax[tpu]"'
gcloud compute tpus tpu-vm scp train.py $NAME: --zone=$ZONE --worker=all
gcloud compute tpus tpu-vm ssh $NAME --zone=$ZONE --worker=all \
    --command='python train.py /mnt/shared/rows.npy /mnt/shared/labels.npy'
